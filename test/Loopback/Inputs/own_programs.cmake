
add_executable(shown shown.cpp)
target_link_libraries(shown PRIVATE moe_comms)
add_executable(disagree disagree.cpp)
target_link_libraries(disagree PRIVATE moe_comms)
add_executable(two_streams two_streams.cpp)
target_link_libraries(two_streams PRIVATE moe_comms)
